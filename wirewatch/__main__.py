"""`python -m wirewatch` is `wirewatch`; so the supervisor starts its stages."""

from wirewatch.owner import end_with_owner

# Before the rest is imported: that takes seconds on a busy machine, in which an owner may be killed.
end_with_owner()

from wirewatch.cli import main  # noqa: E402

main()
