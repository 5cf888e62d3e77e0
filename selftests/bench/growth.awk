# growth.awk ROWS: the table of one kernel, and the same appended to tsv. Making and ending a flow
# among the most may cost 2 times what it does among the fewest; so may it without the kernel's
# walk over all filter blocks, which no class can be made without.

function verdict(ratio, of) {
	if (ratio > 2)
		missed[of] = missed[of] " " $2 ":" $3
	return ratio <= 2 ? "met" : "missed"
}

function report(way, value,    ratio, met) {
	if (!(($2, way) in first))
		first[$2, way] = value
	ratio = first[$2, way] ? value / first[$2, way] : 1
	met = way == "flow" || way == "rest" ? verdict(ratio, way) : ""
	print kernel, "growth_" $2 "_" $3, "instructions", way, first[$2, way], ratio, "", "", met == "" ? "" : 2, met >>tsv
	printf " %9d %-8s", value, sprintf("(%.2f)", ratio)
}

BEGIN {
	FS = OFS = "\t"
	printf "\n%s: a flow made and ended among that many, instructions\n", kernel
	printf "%-5s %6s  %-18s %-18s %-18s %-18s %s\n", "qdisc", "flows", "     flow", "  its qdisc's",
		"  its blocks'", "  without these", "  by tc(8)"
}

$1 == "numbers" { rest = sprintf("%d numbers were given before the first, which had rested for %d s", $2, $3) }
$1 != "growth" { next }
$4 == "flow" { printf "%-5s %6d", $2, $3; flow = $5 }
{ report($4, $5) }
$4 == "blocks" { report("rest", flow - $5) }
$4 == "tc" { print "" }

END {
	print missed["flow"] == "" ? "growth at most 2: met" : "growth above 2, missed:" missed["flow"]
	print missed["rest"] == "" ? "without the blocks: met" : "without the blocks, missed:" missed["rest"]
	if (rest != "")
		print rest
}
