#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""qos_oracle.py HOST [COUNT [SEED]]: computes with fractions what the rules compute with 64 bits.

HOST is qos_host, which answers for the C code; COUNT how many flowspecs. Prints TAP.
Nothing here is translated from the C code: bounds are the largest horizontal distance between
an arrival curve and a service curve, rates are what the formula of RFC 2212 gives in fractions
and are tried against the next smaller one, sums of promises are added up anew at every knee.
"""
import random
import subprocess
import sys
from fractions import Fraction as F
from itertools import product
from math import ceil, floor

NONE, INFINITE, BIG = 0xFFFFFFFF, 0xFFFFFFFE, 2**64 - 1
NS, US = 10**9, 10**6
KNEE_MAX = 2**26
TSPEC_MAX, RATE_MAX = 2**41, 2**37
ADMISSION, POLICY, TRAFFIC, SERVICE, FLOWSPEC, SDMODE, SHAPERATE = (
    11010, 11011, 11014, 11016, 11017, 11029, 11030)
BORROW, SHAPE, DISCARD, BORROW_PLUS, DEFAULT = range(5)
HTB, HFSC = 0, 1
NOTRAFFIC, BESTEFFORT, CONTROLLED, GUARANTEED, NOCHANGE, CONTROL, QUALITATIVE = (
    0, 1, 2, 3, 6, 10, 13)
PLAIN = {NOTRAFFIC, BESTEFFORT, CONTROLLED, GUARANTEED, NOCHANGE, CONTROL, QUALITATIVE}
BITS = {0x80010000: BESTEFFORT, 0x80020000: CONTROLLED, 0x80040000: GUARANTEED,
        0x80200000: QUALITATIVE}
# DSCP, 802.1p, HTB's order
MARKS = {CONTROLLED: (24, 4, 2), GUARANTEED: (40, 5, 1), CONTROL: (48, 7, 0),
         BESTEFFORT: (0, 0, 4), QUALITATIVE: (0, 0, 5), NOTRAFFIC: (0, 0, 4)}


class Wrong(Exception):
    """The C code says something else."""


def same(what, said, expected):
    if said != expected:
        raise Wrong(f"{what}: {said}, not {expected}")


def clamp64(number):
    return min(number, BIG)


def is_knee(time):
    """At most five significant bits, up to 2^26."""
    return time <= KNEE_MAX and (time < 32 or time % (1 << (time.bit_length() - 5)) == 0)


def knee(time, up):
    step = 1 << max(time.bit_length() - 5, 0)
    near = (-(-time // step) if up else time // step) * step
    if near > KNEE_MAX:
        return None if up else KNEE_MAX
    return near


class Host:
    """The C code behind a pipe; questions are asked in heaps."""

    def __init__(self, path):
        self.path = path

    def ask(self, lines):
        run = subprocess.run([self.path], input="\n".join(lines) + "\n", text=True,
                             capture_output=True, check=False)
        if run.returncode or run.stderr:
            raise Wrong(f"the program ended with status {run.returncode}: {run.stderr[:2000]}")
        answers = [[int(word) for word in line.split()] for line in run.stdout.splitlines()]
        same("answers", len(answers), len(lines))
        return answers


# What arrives: min(packet + peak * t, bucket + rate * t) in (rate, bucket, peak, packet).

def corner(tspec):
    """(time, octets) of the last moment at which more arrives than the rate."""
    rate, bucket, peak, packet = tspec
    if not peak:
        return F(0), F(bucket)
    if peak == rate:
        return F(0), F(packet)
    time = F(bucket - packet, peak - rate)
    return time, packet + peak * time


def envelope(tspec, time):
    rate, bucket, peak, packet = tspec
    most = bucket + rate * time
    return min(most, packet + peak * time) if peak else most


def served_by(curve, octets):
    """When a curve (m1, seconds, m2) has served so many octets."""
    m1, bend, m2 = curve
    if octets <= m1 * bend:
        return F(octets) / m1
    return bend + F(octets - m1 * bend) / m2


def delay(tspec, curve):
    """The largest horizontal distance from arrival to service, whose end is no slower."""
    time, octets = corner(tspec)
    first = tspec[3] if tspec[2] else tspec[1]
    return max(served_by(curve, F(first)), served_by(curve, octets) - time)


def bound_ns(tspec, rate, c_tot, d_tot):
    """RFC 2212's bound, from the distance to a straight line; C is served with the packet."""
    if not rate or rate < tspec[0]:
        return None
    r, b, p, m = tspec
    if p and rate > p:
        rate_delay = F(m, rate)     # all that follows comes slower than it goes
    else:
        rate_delay = delay(tspec, (F(rate), F(0), F(rate)))
    return (rate_delay + F(c_tot, rate)) * NS + d_tot


def rate_for(tspec, delay_ns, c_tot, d_tot):
    """The real rate that keeps a delay, from RFC 2212's two cases solved for R."""
    r, b, p, m = tspec
    left = F(delay_ns - d_tot, NS)
    if left <= 0:
        return None
    if not p:
        rate = (b + c_tot) / left
    elif p == r or (m + c_tot) / left >= p:
        rate = (m + c_tot) / left
    else:
        time = F(b - m, p - r)
        rate = (p * time + m + c_tot) / (left + time)
    return max(rate, F(r))


# A flowspec, by the words of its documentation.

def parse(spec, receiving, mtu):
    rate, bucket, peak, latency, variation, kind, sdu, least = spec
    kind &= ~0x40000000
    off = False
    if kind & 0x81000000 == 0x81000000:
        off, kind = True, kind & ~0x01000000
        if kind & 0x00FF0000 == 0:
            kind &= 0x7FFFFFFF
    if kind in BITS:
        service = BITS[kind]
    elif kind in PLAIN:
        service = kind
    else:
        return SERVICE, None
    flow = {"service": service, "off": off, "tspec": (0, 0, 0, 0), "least": 0, "delay": NONE}
    if off or service in (NOTRAFFIC, NOCHANGE):
        return 0, flow

    if rate != NONE and peak != NONE and peak < rate:
        return FLOWSPEC, None
    demands = service in (CONTROLLED, GUARANTEED)
    if receiving and service == CONTROLLED and rate == NONE:
        demands = False
    if demands:
        if rate in (0, NONE):
            return FLOWSPEC, None
        if rate == INFINITE:
            return ADMISSION, None
    r = 0 if rate in (NONE, INFINITE) else rate
    p = 0 if peak in (NONE, INFINITE) else peak
    if demands or (service == CONTROL and r):
        m = sdu if sdu != NONE else min(mtu, bucket)
        b = bucket if bucket != NONE else max(m, ceil(F(r, 50)))
        least = 0 if least == NONE else least
        if not m or m > mtu or b < m or least > m:
            return FLOWSPEC, None
    else:
        least = 0
        good_sdu = sdu != NONE and 0 < sdu <= mtu
        sized = sdu if good_sdu else mtu
        if bucket in (0, NONE) or ((sdu != NONE) and bucket < sized):
            m, b = sized, max(sized, ceil(F(r, 50)))
        else:
            m, b = (sized if sdu != NONE else min(mtu, bucket)), bucket
    wanted = latency if receiving else min(latency, variation)
    flow.update(tspec=(r, b, p, m), least=least, delay=wanted)
    return 0, flow


def frames(tspec, least, overhead):
    r, b, p, m = tspec
    unit = least or m
    more = F(unit + overhead, unit)
    return ceil(r * more), b + ceil(F(b * overhead, unit)), ceil(p * more), m + overhead


def htb(rate, burst, ceiling, cburst, frame, mpu, prio):
    return [rate, ceiling, burst, cburst, ceil(F(burst * NS, rate)),
            ceil(F(cburst * NS, ceiling)), max(2 * frame, 1000),
            min(mpu, 0xFFFF), prio]


NO_CLASS = [0] * 9
NO_CURVE = [0] * 3
REFUSED = [0, 0] + NO_CURVE + [0] + 2 * NO_CLASS + 3 * NO_CURVE + [0, 0, 0, 0]


def plan(flow, objects, link, mtu):
    """Status, and what the plan says, in the order qos_host prints it."""
    excess, shaping, dscp, priority = objects
    service = NOTRAFFIC if flow["off"] else flow["service"]
    marks = [MARKS[service][0] if dscp == 0xFF else dscp,
             MARKS[service][1] if priority == 0xFF else priority]
    granted = REFUSED[:-3] + marks + [0]
    if service == NOTRAFFIC:
        return 0, granted
    prio = MARKS[service][2]
    r, b, p, m = flow["tspec"]
    said = excess != DEFAULT
    if not said:
        excess = SHAPE if service in (GUARANTEED, CONTROL) else BORROW
    if service == CONTROL and excess == BORROW_PLUS:
        excess = SHAPE
    promises = bool(r) and service in (CONTROLLED, GUARANTEED, CONTROL)
    held = excess in (SHAPE, DISCARD)
    if shaping:
        if promises and shaping < r:
            return SHAPERATE, REFUSED
        if promises or (held and 0 < r <= shaping):
            p = min(p, shaping) if p else shaping
        else:
            r, b, p = shaping, m, shaping
            excess = excess if held else SHAPE
            held = True
    if held and not r:
        return (SDMODE, REFUSED) if said else (0, granted)
    if not promises and not held:
        return 0, granted
    if link is None:
        return TRAFFIC, REFUSED

    kind, capacity, line, overhead, ring = link
    r, b, p, m = frames((r, b, p, m), flow["least"], overhead)
    tspec = (r, b, p, m)
    frame = mtu + overhead
    mpu = flow["least"] + overhead if flow["least"] else 0
    if promises and r > capacity:
        return ADMISSION, REFUSED
    if kind == HTB:
        if service == GUARANTEED:
            return ADMISSION, REFUSED
        status, promise, levels, classes = plan_htb(tspec, promises, excess, capacity, frame,
                                                    mpu, prio)
        curves, bound = 3 * NO_CURVE, 0
    else:
        status, promise, curves, bound = plan_hfsc(tspec, service, promises, excess, capacity,
                                                   line, frame, ring, flow["delay"])
        levels, classes = 0, 2 * NO_CLASS
    if status:
        return status, REFUSED
    limit = 2 * frame
    if excess != DISCARD:
        wait = bound if bound else 200 * 10**6
        limit = max(limit, clamp64(b + clamp64(ceil(F(max(r, promise[0]) * wait, NS)))))
    if excess == SHAPE:
        limit = max(limit, 256 * 1024)
    return 0, ([1, int(promises)] + promise + [levels] + classes + curves +
               [min(limit, NONE)] + marks + [bound])


def plan_htb(tspec, promises, excess, capacity, frame, mpu, prio):
    r, b, p, _ = tspec
    rate, burst = (r, max(b, frame)) if promises else (1, 1)
    peak = p if 0 < p < capacity else 0
    if excess == BORROW:
        prio = 7
    if excess == BORROW_PLUS:
        prio = 4
    bucket = max(b, frame)
    if excess in (BORROW, BORROW_PLUS):
        shapes = [(peak, frame) if peak else (capacity, max(frame, ceil(F(capacity, 1000))))]
    elif not peak:
        shapes = [(r, bucket)]
    elif peak == r:
        shapes = [(r, frame)]
    else:
        shapes = [(peak, frame), (r, bucket)]
    classes = [htb(rate, burst, limit, cburst, frame, mpu, prio) for limit, cburst in shapes]
    for made in classes:
        if max(made[2], made[3]) > NONE or max(made[4], made[5]) > NONE * 64:
            return TRAFFIC, None, None, None
    promise = [rate, 0, rate] if promises else NO_CURVE
    return 0, promise, len(classes), sum(classes, []) + NO_CLASS * (2 - len(classes))


def plan_hfsc(tspec, service, promises, excess, capacity, line, frame, ring, wanted):
    r, b, p, m = tspec
    promise, bound = ([r, 0, r] if promises else NO_CURVE), 0
    if service == GUARANTEED:
        d_tot = ceil(F(frame * NS, line)) + ring
        bound = clamp64(ceil(bound_ns(tspec, r, 0, d_tot)))
        if wanted != NONE:
            rate = rate_for(tspec, wanted * 1000, 0, d_tot)
            if rate is None or ceil(rate) > capacity:
                return ADMISSION, None, None, None
            rate = ceil(rate)
            if rate > r:
                bend = knee(min(ceil(corner(tspec)[1] / rate * US), NONE), True)
                promise = [rate, bend, r] if bend else [rate, 0, rate]
                bound = ceil(bound_ns(tspec, rate, 0, d_tot))
            else:
                bend = knee((wanted * 1000 - bound) // 1000, False)
                promise = [0, bend, r] if bend else promise
                bound += bend * 1000
            # the curve itself, whatever it was made from
            curve = (F(promise[0]), F(promise[1], US), F(promise[2]))
            real = delay(tspec, curve) * NS + d_tot
            for time in (F(1, 10**6), corner(tspec)[0] / 3, F(promise[1], US), F(7, 5)):
                late = served_by(curve, envelope(tspec, time)) - time
                if late * NS + d_tot > real:
                    raise Wrong(f"the delay {float(real)} is no maximum at {float(time)}")
            if not real <= wanted * 1000 or not real <= bound or not bound <= wanted * 1000:
                raise Wrong(f"the delay {float(real)} is above {bound} or {wanted} us")
    if max(promise[0], r) > NONE:
        return ADMISSION, None, None, None
    top = min(capacity, NONE)
    peak = min(p, top) if p else top
    if excess in (BORROW, BORROW_PLUS):
        upper = [peak, 0, peak] if peak < top else NO_CURVE
    elif peak <= r:
        upper = [r, 0, r]
    else:
        upper = [peak, min(ceil(F(b * US, peak - r)), NONE), r]
    return 0, promise, promise + [r, 0, r] + upper, bound


# Questions.

EXTREMES = [0, 1, 2, INFINITE, NONE, 0x7FFFFFFF, 0x80000000]


def any32(rng):
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(EXTREMES)
    if kind < 0.8:
        return min(int(2 ** rng.uniform(0, 32)), NONE)
    return rng.randrange(2**32)


def any_type(rng):
    kind = rng.random()
    if kind < 0.75:
        value = rng.choice([CONTROLLED, GUARANTEED, GUARANTEED, GUARANTEED, CONTROL,
                            BESTEFFORT, QUALITATIVE, NOTRAFFIC, NOCHANGE])
    elif kind < 0.9:
        value = rng.choice(list(BITS))
    elif kind < 0.95:
        value = rng.randrange(16)
    else:
        value = rng.choice([any32(rng), 0x80000000, 0x80000003, 0x80030000, 0x81000003,
                            0x81040000, 0x81000000, 0x01000003, 0x81040003])
    if rng.random() < 0.1:
        value |= 0x40000000
    if rng.random() < 0.05:
        value |= 0x81000000
    return value & NONE


def any_flowspec(rng, mtu):
    if rng.random() < 0.4:
        spec = [any32(rng) for _ in range(8)]
        spec[5] = any_type(rng)
        return spec
    rate = int(2 ** rng.uniform(6, 30))
    sdu = rng.choice([NONE, mtu, rng.randint(1, mtu)])
    size = min(mtu, sdu)
    spec = [rate,
            rng.choice([NONE, size, size + int(2 ** rng.uniform(0, 24))]),
            rng.choice([NONE, INFINITE, rate, min(rate * rng.randint(1, 20), INFINITE)]),
            rng.choice([NONE, int(2 ** rng.uniform(8, 32)), int(2 ** rng.uniform(12, 22))]),
            rng.choice([NONE, NONE, int(2 ** rng.uniform(12, 32))]),
            any_type(rng), sdu, rng.choice([NONE, 0, rng.randint(0, size)])]
    if rng.random() < 0.25:
        spec[rng.choice([0, 1, 2, 3, 4, 6, 7])] = rng.choice(EXTREMES)
    return spec


def any_link(rng):
    capacity = rng.choice([12_500_000, 125_000_000, 1_250_000_000, 12_500_000_000, RATE_MAX, 1,
                           int(2 ** rng.uniform(0, 37))])
    return (rng.choice([HTB, HFSC, HFSC]), capacity,
            capacity + rng.choice([0, int(2 ** rng.uniform(0, 37))]),
            rng.choice([0, 14, 18, 256]), rng.choice([0, 1000, int(2 ** rng.uniform(0, 31))]))


def any_objects(rng):
    return (rng.choice([DEFAULT, DEFAULT, BORROW, SHAPE, SHAPE, DISCARD, BORROW_PLUS]),
            rng.choice([0, 0, 0, int(2 ** rng.uniform(0, 32)) & NONE]),
            rng.choice([0xFF, 0xFF, rng.randrange(64)]), rng.choice([0xFF, rng.randrange(8)]))


def any_tspec(rng):
    top = rng.choice([2**41, 2**32, 2**32, 2**24])

    def pick(low):
        number = rng.choice([0, 1, INFINITE, NONE, low, low + 1, top, top - 1,
                             int(2 ** rng.uniform(0, 41)), rng.randrange(top)])
        return min(max(low, number), TSPEC_MAX)

    rate, packet = pick(0), pick(1)
    return rate, pick(packet), rng.choice([0, pick(max(rate, 1))]), packet


def any_time(rng):
    return rng.choice([0, 1, 999, BIG, BIG - 1, int(2 ** rng.uniform(0, 63.9)),
                       int(2 ** rng.uniform(10, 40)), rng.randrange(2**42)])


def words(letter, *numbers):
    return " ".join([letter] + [str(int(number)) for number in numbers])


# Checks: each yields how many of what it saw, so that nothing is proved of nothing.

def check_flowspecs(host, rng, count):
    return compare_flowspecs(host, [any_case(rng) for _ in range(count)])


def check_extremes(host, rng, _):
    """Every extreme in every member, for each service that looks at them."""
    cases = []
    for members in product([0, 1, INFINITE, NONE], repeat=7):
        for service in (BESTEFFORT, CONTROLLED, GUARANTEED, CONTROL):
            spec = [*members[:5], service, *members[5:]]
            cases.append((spec, *any_case(rng)[1:]))
    return compare_flowspecs(host, cases)


def any_case(rng):
    mtu = rng.choice([1500, 1500, 9000, 65535, 1, rng.randint(1, 65535)])
    link = any_link(rng) if rng.random() < 0.95 else None
    return any_flowspec(rng, mtu), rng.random() < 0.2, mtu, any_objects(rng), link


def compare_flowspecs(host, every):
    seen = {}
    for done in range(0, len(every), 20000):
        cases = every[done:done + 20000]
        answers = host.ask([words("p", *spec, receiving, mtu, *objects, link is not None,
                                  *(link or (0,) * 5))
                            for spec, receiving, mtu, objects, link in cases])
        for case, said in zip(cases, answers):
            spec, receiving, mtu, objects, link = case
            status, flow = parse(spec, receiving, mtu)
            try:
                same("status", said[0], status)
                if status:
                    same("flow", said[1:], [0] * 8)
                    key = f"refused {status}"
                    seen[key] = seen.get(key, 0) + 1
                    continue
                same("flow", said[1:9], [flow["service"], int(flow["off"]), *flow["tspec"],
                                         flow["least"], flow["delay"]])
                if flow["service"] == NOCHANGE:
                    same("plan", said[9:], [])
                    key = "nochange"
                else:
                    status, expected = plan(flow, objects, link, mtu)
                    same("plan's status", said[9], status)
                    same("plan", said[10:], expected)
                    key = describe(status, expected, link)
            except Wrong as wrong:
                raise Wrong(f"{case}: {wrong}") from None
            seen[key] = seen.get(key, 0) + 1
    return seen


def describe(status, expected, link):
    if status:
        return f"plan {status}"
    if not expected[0]:
        return "mark only"
    if link[0] == HTB:
        return f"htb {expected[5]} levels" + (", promised" if expected[1] else "")
    m1, bend, m2 = expected[2:5]
    if not expected[1]:
        return "hfsc held"
    return "hfsc " + ("rate" if m1 == m2 else "concave" if m1 > m2 else "convex")


def check_bounds(host, rng, count):
    seen = {"bound": 0, "no bound": 0, "rate": 0, "no rate": 0, "least": 0, "burst": 0,
            "envelope": 0, "past 64 bits": 0}
    cases, lines = [], []
    for _ in range(count):
        tspec = any_tspec(rng)
        rate = rng.choice([tspec[0], tspec[2], tspec[0] + 1, any_time(rng), rng.randrange(2**41),
                           max(tspec[0], int(2 ** rng.uniform(0, 41)))])
        c_tot = rng.choice([0, 1500, TSPEC_MAX, rng.randrange(2**32)])
        d_tot = rng.choice([0, 0, 120000, any_time(rng)])
        wait, time = any_time(rng), any_time(rng)
        if rng.random() < 0.5:
            wait = min(wait + d_tot, BIG)
        cases.append((tspec, rate, c_tot, d_tot, wait, time))
        lines += [words("b", *tspec, rate, c_tot, d_tot), words("r", *tspec, wait, c_tot, d_tot),
                  words("t", *tspec, max(rate, 1)), words("e", *tspec, time)]
    answers = host.ask(lines)
    for i, case in enumerate(cases):
        tspec, rate, c_tot, d_tot, wait, time = case
        said = [answer[0] for answer in answers[4 * i:4 * i + 4]]
        try:
            real = bound_ns(tspec, rate, c_tot, d_tot)
            expected = BIG if real is None else clamp64(ceil(real))
            same("bound", said[0], expected)
            seen["no bound" if real is None else
                 "past 64 bits" if ceil(real) > BIG else "bound"] += 1

            real = rate_for(tspec, wait, c_tot, d_tot)
            if real is None or ceil(real) >= BIG:
                same("rate", said[1], 0)
                seen["no rate"] += 1
            else:
                same("rate", said[1], ceil(real))
                seen["rate"] += 1
                if said[1] and not bound_ns(tspec, said[1], c_tot, d_tot) <= wait:
                    raise Wrong("the rate does not keep the delay")
                if said[1] - 1 > tspec[0]:
                    seen["least"] += 1
                    if bound_ns(tspec, said[1] - 1, c_tot, d_tot) <= wait:
                        raise Wrong("a smaller rate would do")

            same("burst", said[2], clamp64(ceil(corner(tspec)[1] / max(rate, 1) * US)))
            seen["burst"] += 1
            same("envelope", said[3], clamp64(ceil(envelope(tspec, F(time, NS)))))
            seen["envelope"] += 1
        except Wrong as wrong:
            raise Wrong(f"{case}: {wrong}") from None
    return seen


def any_curve(rng, capacity, exact):
    """A curve of about a hundredth of the capacity; exact: its bend is a knee."""
    if rng.random() < 0.5:
        # what is soon over and what starts late, in the way of each other
        much, little = rng.randint(0, max(capacity // 4, 1)), rng.randint(0, capacity // 50)
        bend = int(2 ** rng.uniform(4, 24))
        bend = knee(bend, False) if exact else bend
        return (much, bend, little) if rng.random() < 0.5 else (little, bend, much)
    base = rng.choice([capacity, max(capacity // 100, 1), max(capacity // 20, 1)])
    slopes = [0, 1, base, rng.randint(0, base), rng.randint(0, max(base // 3, 1)),
              rng.randint(0, max(base // 3, 1)), rng.choice([RATE_MAX, NONE, base])]
    bend = rng.choice([0, 0, 1, KNEE_MAX, int(2 ** rng.uniform(0, 26)),
                       int(2 ** rng.uniform(8, 20)), int(2 ** rng.uniform(0, 32)) & NONE])
    if exact:
        bend = knee(bend, False)
    first, last = rng.choice(slopes), rng.choice(slopes)
    return (first, bend, last) if bend else (last, 0, last)


def served(curve, time):
    m1, bend, m2 = curve
    return m1 * time if time <= bend else m1 * bend + m2 * (time - bend)


def keepable(curves, capacity):
    """No sum above the line: at once, where any of them bends, and in the long run."""
    if not slopes_fit([c if c[1] else (c[2], 0, c[2]) for c in curves], capacity):
        return False
    return all(sum(served(c, t) for c in curves) <= capacity * t for t in {c[1] for c in curves})


def check_budgets(host, rng, count):
    seen = {"admitted": 0, "refused": 0, "refused at a knee": 0, "full": 0, "removed": 0,
            "changed": 0, "not changed": 0, "capacity": 0, "no capacity": 0, "between knees": 0}
    lines, checks, done = [], [], 0
    # what comes next depends on what was granted: the model goes ahead, the answers follow
    while done < count:
        exact = rng.random() < 0.8
        capacity = rng.choice([1, 1000, 12_500_000, 1_250_000_000, RATE_MAX,
                               int(2 ** rng.uniform(0, 37))])
        limits = [rng.choice([3, 20, 10**6]) for _ in range(3)]
        lines.append(words("n", capacity, *limits))
        checks.append((None, capacity, []))
        curves = []
        for _ in range(rng.randint(5, 60)):
            done += 1
            what = rng.random()
            counted = [as_counted(c) for c in curves]
            if what < 0.65 or not curves:
                curve = any_curve(rng, capacity, exact)
                lines.append(words("+", *curve))
                if len(curves) >= min(limits):
                    status = POLICY
                    seen["full"] += 1
                elif keepable(counted + [as_counted(curve)], capacity):
                    status = 0
                    seen["admitted"] += 1
                    curves.append(curve)
                    if not is_knee(curve[1]):
                        seen["between knees"] += 1
                        if not keepable(curves, capacity):
                            raise Wrong(f"{curves}: more than {capacity} was promised")
                else:
                    status = ADMISSION
                    seen["refused"] += 1
                    seen["refused at a knee"] += slopes_fit(counted + [as_counted(curve)],
                                                            capacity)
                checks.append((status, capacity, list(curves)))
            elif what < 0.85:
                gone = curves.pop(rng.randrange(len(curves)))
                seen["removed"] += 1
                lines.append(words("-", *gone))
                checks.append((None, capacity, list(curves)))
            elif what < 0.95:
                index, curve = rng.randrange(len(curves)), any_curve(rng, capacity, exact)
                lines.append(words("=", *curves[index], *curve))
                others = counted[:index] + counted[index + 1:]
                status = 0 if keepable(others + [as_counted(curve)], capacity) else ADMISSION
                if not status:
                    curves[index] = curve
                seen["not changed" if status else "changed"] += 1
                checks.append((status, capacity, list(curves)))
            else:
                wanted = rng.choice([capacity, min(2 * capacity, RATE_MAX), capacity // 2,
                                     capacity // 10, max(capacity - 1, 0), 2 * RATE_MAX])
                lines.append(words("c", wanted))
                good = wanted <= RATE_MAX and keepable(counted, wanted)
                seen["capacity" if good else "no capacity"] += 1
                capacity = wanted if good else capacity
                checks.append((int(good), capacity, list(curves)))
    for line, said, (status, capacity, curves) in zip(lines, host.ask(lines), checks):
        counted = [as_counted(c) for c in curves]
        n = len(curves)
        expected = ([] if status is None else [status]) + [
            capacity, sum(c[0] for c in counted), sum(c[2] for c in counted), n, n, n]
        same(f"{line}, {curves}", said, expected)
    return seen


def as_counted(curve):
    """The least curve that bends at a knee and serves as much."""
    m1, bend, m2 = curve
    bend = knee(bend, m1 > m2)
    if bend is None:
        return m1, 0, m1
    return (m1, bend, m2) if bend else (m2, 0, m2)


def slopes_fit(curves, capacity):
    return max(sum(c[0] for c in curves), sum(c[2] for c in curves)) <= capacity


def check_knees(host, rng, count):
    times = [rng.choice([rng.randrange(2**32), int(2 ** rng.uniform(0, 32)) & NONE,
                         rng.randrange(100)]) for _ in range(count)] + [
        0, 31, 32, 33, 63, 64, KNEE_MAX - 1, KNEE_MAX, KNEE_MAX + 1, NONE]
    answers = host.ask([words("k", time, up) for time in times for up in (0, 1)])
    exact = 0
    for i, time in enumerate(times):
        down, up = answers[2 * i][0], answers[2 * i + 1][0]
        same(f"knee before {time}", down, knee(time, False))
        same(f"knee after {time}", up, NONE if knee(time, True) is None else knee(time, True))
        if not is_knee(down) or not (is_knee(up) or up == NONE):
            raise Wrong(f"{time}: {down} or {up} is no knee")
        exact += down == up
    return {"knees": exact, "others": len(times) - exact}


def main():
    host = Host(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(2**32)
    print(f"# {count} flowspecs, seed {seed}")
    checks = [
        ("oracle__flowspecs_and_plans__r283_r284_r285_r286_r287", check_flowspecs, count),
        ("oracle__every_extreme_of_every_member__r285_r286", check_extremes, 10000),
        ("oracle__rfc2212_bound_inverse_and_envelope", check_bounds, count),
        ("oracle__knees", check_knees, 20000),
        ("oracle__sums_of_promises", check_budgets, count),
    ]
    failed = 0
    for number, (name, check, size) in enumerate(checks, 1):
        try:
            seen = check(host, random.Random(f"{seed} {name}"), size)
            print("# " + ", ".join(f"{what}: {seen[what]}" for what in sorted(seen)))
            rare = [what for what in seen if seen[what] < max(size // 2000, 1)]
            if rare:
                raise Wrong(f"hardly any: {', '.join(rare)}")
            verdict = "ok"
        except Wrong as wrong:
            print(f"# {str(wrong)[:3000]}")
            verdict, failed = "not ok", 1
        print(f"{verdict} {number} {name}", flush=True)
    print(f"1..{len(checks)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
