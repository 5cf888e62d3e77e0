# iso.awk ROWS: the table of one kernel, and the same appended to tsv. A handshake may cost 1.60 of
# what the same octets cost a program, and a record of 32 KiB is to pass with 0.90 of the program's
# throughput or more.

BEGIN {
	FS = OFS = "\t"
	printf "\n%s: ISO transport, by instructions\n", kernel
	printf "%-12s %10s %9s %9s  %s\n", "work", "program", "again", "pieces", "kernel"
}

$1 != "iso" { next }
$3 == "program" { program = $5; printf "%-12s %10d", $2, program; next }
$3 == "kernel" {
	ratio = $2 == "handshake" ? $5 / program : program / $5
	target = $2 == "handshake" ? 1.60 : 0.90
	met = ($2 == "handshake" ? ratio <= target : ratio >= target) ? "met" : "missed"
	printf "  %d: %s %.3f (%.2f %s)\n", $5, $2 == "handshake" ? "costs" : "throughput", ratio, target, met
	print kernel, "iso_" $2, "instructions", $3, program, ratio, "", "", target, met >>tsv
	next
}
{ printf " %9.4f", $5 / program }
