#!/bin/bash
# wire.sh: what ISO sockets send, captured in a machine of its own and decoded by tshark. Prints
# TAP. Lane "host" of selftests/plan. WIRE_KEEP=FILE keeps the capture.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/selftests/peers}

"$top/selftests/lib/deps" peers
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bind"
cp "$top/build/selftests/peers/wire" "$tmp/bind/"
"$top/selftests/vm/run" --kernel stock-6.12 --icount --bind "$tmp/bind" -- ./wire >"$tmp/pcap"
[ -z "${WIRE_KEEP-}" ] || cp "$tmp/pcap" "$WIRE_KEEP"

# A home of its own: the user's settings are not to matter. User data is not another protocol.
HOME=$tmp tshark -n -r "$tmp/pcap" -d tcp.port==399,tpkt --disable-heuristic t125_cotp -Y tpkt \
	-T pdml >"$tmp/pdml" 2>"$tmp/said" || { cat "$tmp/said" >&2; exit 1; }
python3 "$here/wire.py" "$tmp/pdml"
