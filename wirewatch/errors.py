"""Every error that Wirewatch raises on purpose.

`WirewatchError` is the one base. Its text is written for the person who must act: what went wrong, with which
feed, file or topic, and what to do. It never holds a secret. The cause, where there is one, is chained.
"""


class WirewatchError(Exception):
    """Something that a person can act on; the text says how."""


class SettingsError(WirewatchError):
    """The configuration cannot be used; lists every mistake at once."""


class BrokerError(WirewatchError):
    """Kafka could not be started, reached, or is not as it must be."""


class TopicError(BrokerError):
    """A topic exists with other settings than the design needs."""


class MessageError(WirewatchError):
    """Bytes on a topic that are no valid message; they belong on `dead`."""


class RefusedAddressError(WirewatchError):
    """An outgoing connection to a network that is not allowed."""


class InputError(WirewatchError):
    """A file or text given on the command line that cannot be read."""


class StalledError(WirewatchError):
    """What was to come did not come, and nothing moves; the text says where it stands."""
