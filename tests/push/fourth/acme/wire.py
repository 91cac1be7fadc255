"""How Acme is spoken to: a PUT under a reference."""

from orderctl.systems.wire import Identity, Repeat, Request, Verdict, Wire, Word


def identity(document):
    return Identity(document["ref"])


def headers(secrets):
    return {"X-Token": secrets["token"]}


def write(settings, document, remote):
    return Request("PUT", ("v1", "parcels", document["ref"]), body=document, repeat=Repeat.SETTLED)


def judge(document, answer):
    held = answer.fields.get("ref") == document["ref"]
    return Verdict(Word.ACCEPTED if held else Word.UNREADABLE, None, answer.fields.get("id"))


WIRE = Wire(identity=identity, headers=headers, write=write, judge=judge, key_path=("ref",))
