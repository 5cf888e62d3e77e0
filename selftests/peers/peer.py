# SPDX-License-Identifier: GPL-2.0
"""peer.py CASE ADDRESS: a peer of ISO transport class 2, written from the layouts of X.224 and
RFC 1006 alone. Listens on, or calls, port 399. Says "ready" when it can be called; status 0 when
all that came was as it should be."""

import socket
import struct
import sys

PORT = 399
CR, CC, DR, DC, DT = 0xE0, 0xD0, 0x80, 0xC0, 0xF0
SIZE, CALLING, CALLED = 0xC0, 0xC1, 0xC2
REF = 0x4321


def pattern(length):
    return bytes((7 * i + i // 251) & 255 for i in range(length))


def same(what, got, want):
    if got != want:
        sys.exit(f"peer.py: {what} is {got!r}, not {want!r}")


class Peer:
    """One TCP connection."""

    def __init__(self, connection):
        self.connection = connection
        self.theirs = 0

    def read(self, length):
        octets = b""
        while len(octets) < length:
            more = self.connection.recv(length - len(octets))
            if not more:
                sys.exit(f"peer.py: the end after {len(octets)} of {length} octets")
            octets += more
        return octets

    def receive(self, code):
        """The next TPDU, which has this code: its fixed part, parameters, user data."""
        version, reserved, length = struct.unpack(">BBH", self.read(4))
        same("TPKT version", (version, reserved), (3, 0))
        tpdu = self.read(length - 4)
        indicator = tpdu[0]
        same("TPDU code", tpdu[1], code)
        fixed = {CR: 6, CC: 6, DR: 6, DC: 5, DT: 4}[code]
        if indicator < fixed or indicator > len(tpdu) - 1:
            sys.exit(f"peer.py: length indicator {indicator} in {len(tpdu)} octets")
        head, rest = tpdu[2:fixed + 1], tpdu[fixed + 1:indicator + 1]
        parameters = {}
        while rest:
            if len(rest) < 2 or len(rest) < 2 + rest[1]:
                sys.exit(f"peer.py: parameter cut off: {rest!r}")
            if rest[0] in parameters:
                sys.exit(f"peer.py: parameter {rest[0]:#x} comes twice")
            parameters[rest[0]] = rest[2:2 + rest[1]]
            rest = rest[2 + rest[1]:]
        return head, parameters, tpdu[indicator + 1:], length - 4

    def send(self, code, head, parameters=(), data=b""):
        variable = b"".join(bytes([name, len(value)]) + value for name, value in parameters)
        tpdu = bytes([1 + len(head) + len(variable), code]) + head + variable + data
        self.connection.sendall(struct.pack(">BBH", 3, 0, 4 + len(tpdu)) + tpdu)

    def receive_call(self, code, destination):
        """CR or CC: parameters and data."""
        head, parameters, data, _ = self.receive(code)
        to, self.theirs, options = struct.unpack(">HHB", head)
        same("destination reference", to, destination)
        same("class and options", options, 0x21)
        if not self.theirs:
            sys.exit("peer.py: source reference 0")
        return parameters, data

    def send_call(self, code, parameters=(), data=b""):
        to = 0 if code == CR else self.theirs
        self.send(code, struct.pack(">HHB", to, REF, 0x21), parameters, data)

    def receive_record(self, most):
        """DTs up to the one that ends a record, none of them larger; how many, and the record."""
        record, count, eot = b"", 0, 0
        while not eot:
            head, parameters, data, length = self.receive(DT)
            to, number = struct.unpack(">HB", head)
            same("reference of a DT", to, REF)
            same("parameters of a DT", parameters, {})
            same("number of a DT", number & 0x7F, 0)
            if length > most:
                sys.exit(f"peer.py: {length} octets where {most} are the most")
            eot = number & 0x80
            record += data
            count += 1
        return count, record

    def send_record(self, *parts):
        for i, part in enumerate(parts):
            eot = 0x80 if i == len(parts) - 1 else 0
            self.send(DT, struct.pack(">HB", self.theirs, eot), (), part)

    def receive_release(self, reason, data):
        head, _, said, _ = self.receive(DR)
        same("DR", struct.unpack(">HHB", head), (REF, self.theirs, reason))
        same("data of DR", said, data)
        self.send(DC, struct.pack(">HH", self.theirs, REF))

    def send_release(self, reason, data):
        self.send(DR, struct.pack(">HHB", self.theirs, REF, reason), (), data)
        head, _, _, _ = self.receive(DC)
        same("DC", struct.unpack(">HH", head), (REF, self.theirs))

    def over(self):
        try:
            same("what follows", self.connection.recv(1), b"")
        except ConnectionResetError:
            pass


def confirms(peer):
    parameters, data = peer.receive_call(CR, 0)
    same("caller's data", data, b"hello")
    same("parameters", parameters, {SIZE: b"\x0d", CALLING: b"\x01\x03", CALLED: b"\x01\x02"})
    peer.send_call(CC, [(SIZE, b"\x09"), (CALLING, b"\x01\x03"), (CALLED, b"\x01\x02")], b"ok!")
    # 5 of each 512 octets are the head
    same("record", peer.receive_record(512), (3, pattern(1500)))
    peer.send_record(pattern(507), b"", b"x", b"end")
    peer.send_record(b"one more")
    peer.receive_release(128, b"goodbye")
    peer.over()


def refuses(peer):
    parameters, data = peer.receive_call(CR, 0)
    same("caller's data", data, b"d" * 32)
    same("parameters", parameters, {SIZE: b"\x0d", CALLING: b"c" * 32, CALLED: b"C" * 32})
    peer.send(DR, struct.pack(">HHB", peer.theirs, 0, 136), [(0xE0, b"why")], b"no!")
    peer.over()


def releases(peer):
    parameters, data = peer.receive_call(CR, 0)
    same("caller's data", data, b"")
    same("parameters", parameters, {SIZE: b"\x0d"})
    peer.send_call(CC, (), b"C" * 32)
    peer.send_record(b"last")
    peer.send_release(128, b"D" * 64)
    peer.over()


def calls(peer):
    # parameters that mean nothing here are passed over, whatever their order
    peer.send_call(CR, [(CALLED, b"\x01\x02"), (0xC6, b"\x00"), (SIZE, b"\x08"),
                        (0x87, b"\x00\x01"), (CALLING, b"py"), (0xF0, b"\x10")], b"h" * 32)
    parameters, data = peer.receive_call(CC, REF)
    same("callee's data", data, b"welcome")
    same("parameters", parameters, {SIZE: b"\x08", CALLING: b"py", CALLED: b"\x01\x02"})
    peer.send_record(pattern(251), pattern(251), b"!")
    same("record", peer.receive_record(256), (4, pattern(800)))
    peer.send_release(128, b"bye")
    peer.over()


def is_refused(peer):
    peer.send_call(CR, [(SIZE, b"\x0d")], b"may I")
    head, parameters, data, _ = peer.receive(DR)
    same("DR", struct.unpack(">HHB", head), (REF, 0, 136))
    same("its parameters and data", (parameters, data), ({}, b"not now"))
    peer.over()


def is_released(peer):
    peer.send_call(CR)
    parameters, data = peer.receive_call(CC, REF)
    same("what the callee said", (parameters, data), ({}, b""))
    peer.receive_release(128, b"e" * 64)
    peer.over()


def main():
    case, address = sys.argv[1:]
    if case in ("calls", "is_refused", "is_released"):
        connection = socket.create_connection((address, PORT))
    else:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.create_server((address, PORT), family=family)
        print("ready", flush=True)
        connection, _ = listener.accept()
    globals()[case](Peer(connection))


main()
