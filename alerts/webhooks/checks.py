"""What several kinds check of an endpoint's settings. No mistake repeats a secret."""

from urllib.parse import urlsplit

from wirewatch.settings import EndpointSettings, Secret


def check_address(url: Secret, *, tls_for: tuple[str, ...] = ()) -> list[str]:
    """Return what is wrong with an endpoint's address; hosts in `tls_for` are spoken to by https alone."""
    try:
        parts = urlsplit(url.reveal().strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ["url is not a valid address"]
    if parts.scheme not in {"http", "https"}:
        return ["url does not begin with https:// or http://"]
    if not host:
        return ["url names no host"]
    mistakes = []
    if parts.username or parts.password:
        mistakes.append("url holds a user name or password; endpoints are not spoken to that way")
    if parts.fragment:
        mistakes.append("url holds a # part, which is never sent")
    if parts.scheme == "http" and host in tls_for:
        mistakes.append(f"url begins with http://, but {host} is spoken to by https:// alone")
    return mistakes


def check_no_secret(endpoint: EndpointSettings, service: str) -> list[str]:
    """Return the mistake of a secret where the service knows none."""
    if endpoint.secret is None:
        return []
    return [f"secret is set, but {service} takes none: its url is the secret"]
