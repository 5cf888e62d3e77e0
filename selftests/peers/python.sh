#!/bin/bash
# python.sh: ISO sockets and a peer in Python, in a machine of their own. Prints TAP. Lane "host" of
# selftests/plan.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/selftests/peers}

"$top/selftests/lib/deps" peers
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/peers"
cp "$top/build/selftests/peers/python" "$here/peer.py" "$tmp/peers/"
# Debian's own, whatever else is called so here; its library as far as an interpreter must have it.
cp -L /usr/bin/python3 "$tmp/python3"
version=$(readlink -f /usr/bin/python3)
dpkg -L "lib${version##*/}-minimal" | grep '\.py$' | while read -r file; do
	[ ! -f "$file" ] || install -D -m 644 "$file" "$tmp/$file"
done
# shellcheck disable=SC2016  # for the guest's shell
"$top/selftests/vm/run" --kernel stock-6.12 --icount --bind "$tmp" -- \
	sh -c 'PYTHONHOME=/mnt/usr PATH=/mnt:$PATH exec ./peers/python'
