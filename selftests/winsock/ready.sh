#!/bin/bash
# ready: the translation from poll(2) to select and WSAPoll, alone, with every check the compiler
# knows. Prints TAP.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
inc=$top/build/userlib/include/wsaconnect
[ -f "$inc/winsock2.h" ] || { echo "ready: $inc is missing: run 'make userlib' first" >&2; exit 1; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"${CC:-gcc}" -std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover=all \
	-DWSACONNECT_BUILDING -I"$inc" -I"$top/userlib/src" -I"$top/uapi" \
	-o "$tmp/ready" "$top/userlib/tests/ready.c" "$top/userlib/src/ready.c"
"$tmp/ready"
