# SPDX-License-Identifier: GPL-2.0
"""wire.py PDML: what tshark made of the conversations of wire.c, field by field, against what is
written here. Prints TAP, one case per conversation."""

import sys
import xml.etree.ElementTree as ElementTree

MOST = b"abcdefghijklmnopqrstuvwxyz012345"
TSAPS = [(0xC1, b"\x01\x03"), (0xC2, b"\x01\x02")]


def letters(length):
    return bytes(ord("a") + i % 26 for i in range(length))


# What each conversation consists of. CALLER and CALLEE stand for the references, which are the
# ports; > is what the caller sends. TPKT length, length indicator, code, and the rest in the
# order of the octets; of data in several TPDUs all is told with the last.
def call(way, length, li, code, dst, src, cls, options, parameters, data=None):
    return dict(way=way, length=length, li=li, code=code, dst=dst, src=src, cls=cls,
                extended=options >> 1, no_flow=options & 1, parameters=parameters, data=data)


def dt(way, length, li, dst, eot, data=None, parts=None):
    return dict(way=way, length=length, li=li, code=0xF0, dst=dst, number=0, eot=eot, data=data,
                parts=parts)


def dr(way, length, dst, src, cause, data=None):
    return dict(way=way, length=length, li=6, code=0x80, dst=dst, src=src, cause=cause, data=data)


def dc(way, dst, src):
    return dict(way=way, length=10, li=5, code=0xC0, dst=dst, src=src, data=None)


SIZE = [(0xC0, b"\x0d")]
CONVERSATIONS = {
    "data_both_ways__r292_r294": (399, [
        call(">", 27, 17, 0xE0, 0, "CALLER", 2, 1, SIZE + TSAPS, b"hello"),
        call("<", 24, 17, 0xD0, "CALLER", "CALLEE", 2, 1, SIZE + TSAPS, b"ok"),
        dt(">", 8196, 4, "CALLEE", 0), dt(">", 8196, 4, "CALLEE", 0),
        dt(">", 3635, 4, "CALLEE", 1, letters(20000), [8187, 8187, 3626]),
        dt("<", 11, 4, "CALLER", 1, b"ab"),
        dt(">", 12, 4, "CALLEE", 0),
        dt(">", 13, 4, "CALLEE", 1, b"abcabcd", [3, 4]),
        dr(">", 18, "CALLEE", "CALLER", 128, b"goodbye"),
        dc("<", "CALLER", "CALLEE"),
    ]),
    "refused_with_data__r293": (399, [
        call(">", 27, 17, 0xE0, 0, "CALLER", 2, 1, SIZE + TSAPS, b"hello"),
        dr("<", 14, "CALLER", 0, 136, b"no!"),
    ]),
    "class_0": (102, [
        call(">", 22, 17, 0xE0, 0, "CALLER", 0, 0, [(0xC0, b"\x0a")] + TSAPS),
        call("<", 22, 17, 0xD0, "CALLER", "CALLEE", 0, 0, [(0xC0, b"\x0a")] + TSAPS),
        dt(">", 1028, 2, None, 0), dt(">", 1028, 2, None, 0),
        dt(">", 965, 2, None, 1, letters(3000), [1021, 1021, 958]),
        dt("<", 9, 2, None, 1, b"ab"),
    ]),
    "nothing_to_say__r292": (399, [
        call(">", 14, 9, 0xE0, 0, "CALLER", 2, 1, SIZE),
        call("<", 14, 9, 0xD0, "CALLER", "CALLEE", 2, 1, SIZE),
        dr(">", 11, "CALLEE", "CALLER", 128),
        dc("<", "CALLER", "CALLEE"),
    ]),
    "another_selector__r293": (399, [
        call(">", 18, 13, 0xE0, 0, "CALLER", 2, 1, SIZE + TSAPS[1:]),
        dr("<", 11, "CALLER", 0, 2),
    ]),
    "the_most__r292_r293": (399, [
        call(">", 114, 77, 0xE0, 0, "CALLER", 2, 1, SIZE + [(0xC1, MOST), (0xC2, MOST)], MOST),
        call("<", 114, 77, 0xD0, "CALLER", "CALLEE", 2, 1, SIZE + [(0xC1, MOST), (0xC2, MOST)],
             MOST),
        dr(">", 75, "CALLEE", "CALLER", 128, MOST + MOST),
        dc("<", "CALLER", "CALLEE"),
    ]),
}

FIELDS = {
    "cotp.li": "li", "cotp.type": "code", "cotp.destref": "dst", "cotp.srcref": "src",
    "cotp.class": "cls", "cotp.opts.extended_formats": "extended",
    "cotp.opts.no_explicit_flow_control": "no_flow", "cotp.cause": "cause",
    "cotp.tpdu-number": "number", "cotp.eot": "eot", "tpkt.length": "length",
}
VALUES = ("cotp.tpdu_size", "cotp.src-tsap-bytes", "cotp.dst-tsap-bytes")
REPEATED = ("cotp.src-tsap", "cotp.dst-tsap", "cotp.segment_data")
faults = []


def tpdu_of(tpkt, cotp):
    """All that is said of one TPDU; what is not expected of any is a fault."""
    tpdu = {"data": None}
    code = None
    for field in list(tpkt) + list(cotp):
        name, value = field.get("name"), field.get("value")
        # size 0: something tshark keeps for itself; a selector is there as octets, too
        if field.get("size") == "0" or name in REPEATED:
            continue
        if name in FIELDS:
            tpdu[FIELDS[name]] = int(value, 16)
        elif name in ("tpkt.version", "tpkt.reserved"):
            if (name, value) not in (("tpkt.version", "03"), ("tpkt.reserved", "00")):
                faults.append(f"{name} {value}")
        elif name == "cotp.parameter_code":
            code = int(value, 16)
        elif name == "cotp.parameter_length":
            length = int(value, 16)
        elif name in VALUES:
            if length != len(value) // 2:
                faults.append(f"{name} has length {length}")
            tpdu.setdefault("parameters", []).append((code, bytes.fromhex(value)))
        else:
            faults.append(f"{name} {field.get('showname')}")
    if tpdu["code"] in (0xE0, 0xD0):
        tpdu.setdefault("parameters", [])
    if tpdu["code"] == 0xF0:
        tpdu.setdefault("dst", None)
        tpdu["parts"] = None
    return tpdu


def tpdus_of(packet):
    """The TPDUs of a packet, each with its user data, as tshark put it together."""
    tpdus, tpkt = [], None
    for proto in packet:
        name = proto.get("name")
        if name == "tpkt":
            tpkt = proto
        elif name == "cotp":
            tpdus.append(tpdu_of(tpkt, proto))
        elif tpdus:
            for field in proto.iter("field"):
                if field.get("name") == "data.data":
                    tpdus[-1]["data"] = bytes.fromhex(field.get("value"))
                elif field.get("name") == "cotp.segment":
                    tpdus[-1]["parts"] = (tpdus[-1].get("parts") or []) + [int(field.get("size"))]
            if name != "fake-field-wrapper":
                faults.append(f"protocol {name}")
    return tpdus


def short(tpdu):
    return {k: v if not isinstance(v, bytes) or len(v) < 99 else f"{len(v)} octets"
            for k, v in tpdu.items() if v is not None}


def main():
    streams = {}
    for packet in ElementTree.parse(sys.argv[1]).getroot():
        value = {f.get("name"): f.get("show") for f in packet.iter("field")}
        ports = int(value["tcp.srcport"]), int(value["tcp.dstport"])
        caller, callee = max(ports), min(ports)
        conversation = streams.setdefault(int(value["tcp.stream"]), (
            "v6" if packet.find("proto[@name='ipv6']") is not None else "v4", callee, []))
        for tpdu in tpdus_of(packet):
            tpdu["way"] = ">" if ports[0] == caller else "<"
            for ref in ("dst", "src"):
                tpdu[ref] = {caller: "CALLER", callee: "CALLEE"}.get(tpdu.get(ref), tpdu.get(ref))
            conversation[2].append(tpdu)

    wanted = [(version, name) for version in ("v4", "v6") for name in CONVERSATIONS]
    print(f"1..{len(wanted) + 1}")
    failed = 0
    for i, (version, name) in enumerate(wanted):
        port, tpdus = CONVERSATIONS[name]
        want = (version, port, [{"src": None, **tpdu} for tpdu in tpdus])
        got = streams.pop(i, None)
        if got != want:
            failed += 1
            print(f"# want {want[:2]}, got {got and got[:2]}")
            for wish, found in zip(want[2] + [{}] * 99, got[2] if got else []):
                if wish != found:
                    print(f"# want {short(wish)}\n#  got {short(found)}")
        print(f"{'ok' if got == want else 'not ok'} {i + 1} wire.{version}.{name}")
    for fault in faults + [f"stream {i}" for i in streams]:
        print(f"# not expected: {fault}")
    failed += bool(faults or streams)
    print(f"{'not ok' if faults or streams else 'ok'} {len(wanted) + 1} wire.nothing_else_is_seen")
    sys.exit(bool(failed))


main()
