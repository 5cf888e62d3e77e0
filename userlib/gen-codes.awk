# SPDX-License-Identifier: MIT
# Writes a header of #defines from preprocessed rows: @ name number "text" @ ...
# Variables: guard, title.
BEGIN {
	RS = "@"
	printf "/* SPDX-License-Identifier: MIT */\n/* %s. Generated from linux/wsa_errors.h. */\n", title
	printf "#ifndef %s\n#define %s\n\n", guard, guard
}
NR > 1 {
	text = $0
	sub(/^[^"]*"/, "", text)
	sub(/".*/, "", text)
	printf "#define %-30s %5d\t/* %s */\n", $1, $2, text
	rows++
}
END {
	printf "\n#endif /* %s */\n", guard
	if (!rows) {
		print "gen-codes.awk: no row for " guard > "/dev/stderr"
		exit 1
	}
}
