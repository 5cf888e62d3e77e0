# poll.awk ROWS: the table of one kernel, and the same appended to tsv. WSAPoll may cost 1.10 of
# poll(2); select has no target.

BEGIN {
	FS = OFS = "\t"
	printf "\n%s: a thousand connections, by instructions\n", kernel
	printf "%-16s %10s %9s  %-16s %s\n", "work", "poll(2)", "again", "WSAPoll", "select"
}

$1 != "poll" { next }
$3 == "poll(2)" { plain = $5; printf "%-16s %10d", $2, plain; next }
$3 == "again" { printf " %9.4f", $6; next }

{
	target = $3 == "WSAPoll" ? 1.10 : ""
	met = target == "" ? "" : $6 <= target ? "met" : "missed"
	printf "  %.4f%s", $6, target == "" ? "\n" : sprintf(" (%.2f %s)", target, met)
	print kernel, "poll_" $2, "instructions", $3, plain, $6, "", "", target, met >>tsv
}
