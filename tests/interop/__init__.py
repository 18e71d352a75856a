"""People with a current client, matrix-js-sdk in its strict mode (MSC4153), against the real bot: `make interop`.

Not part of `make test`, because it needs npm. One process of Node is one device of one human.
"""
