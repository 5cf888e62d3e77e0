# table.awk TARGETS ROWS: the table of one kernel, and the same as tab-separated values in tsv.
# A variant's ratio is taken within one machine; shown are the median of the machines' ratios and
# the lowest and highest.

function summarise(unit, work, variant,    i, j, x, n, v) {
	n = 0
	for (i = 1; i <= machines; i++) {
		x = median[unit, i, work, variant] / median[unit, i, work, "plain"]
		for (j = ++n; j > 1 && v[j - 1] > x; j--)
			v[j] = v[j - 1]
		v[j] = x
	}
	ratio = v[int((n + 1) / 2)]
	low = v[1]
	high = v[n]
}

# How far batches of one variant differ: half of them are within this of each other.
function spread_of(unit, work,    i, s, most) {
	most = 0
	for (i = 1; i <= machines; i++) {
		s = spread[unit, i, work]
		if (s > most)
			most = s
	}
	return 100 * most
}

function verdict(value, target) { return value <= target ? "met" : "missed" }

BEGIN {
	FS = "[ \t]+"
	OFS = "\t"
}

FNR == NR {
	if ($1 == "#")
		next
	if (NF == 3) {
		order[++works] = $1
		target[$1, "adopt"] = $2
		target[$1, "family"] = $3
	}
	next
}

{ unit = $1; machine = $2; if (machine > machines) machines = machine }

$3 == "work" {
	median[unit, machine, $4, $5] = $7
	if ($5 == "plain")
		spread[unit, machine, $4] = ($9 - $8) / $7
}

# The slot is what one more socket takes; slabs that were partly free hide some of it.
$3 == "memory" {
	octets = $5 > $6 ? $5 : $6
	if (octets > memory[$4])
		memory[$4] = octets
}

$3 == "clock" && unit == "instructions" && ($5 / $4 > 1.02 || $5 / $4 < 0.98) {
	printf "bench: %s: the clock says %d ns for %d instructions: the rows below are no counts\n",
		kernel, $5, $4
}

END {
	print "kernel", "work", "unit", "variant", "plain", "ratio", "low", "high", "target", "verdict" >tsv

	printf "\n%s: ours / plain, by instructions (median of %d machines, lowest-highest)\n", kernel, machines
	printf "%-21s %8s %7s %7s  %-24s %6s %-6s  %-24s %6s %s\n", "work", "plain", "spread",
		"control", "adopt", "target", "", "family", "target", ""
	for (w = 1; w <= works; w++) {
		work = order[w]
		if (work == "memory")
			continue
		plain = median["instructions", 1, work, "plain"]
		summarise("instructions", work, "control")
		printf "%-21s %8d %6.2f%% %7.4f", work, plain, spread_of("instructions", work), ratio
		print kernel, work, "instructions", "control", plain, ratio, low, high, "", "" >tsv
		for (d = 1; d <= 2; d++) {
			door = d == 1 ? "adopt" : "family"
			summarise("instructions", work, door)
			met = verdict(ratio, target[work, door])
			printf "  %-6.4f (%.4f-%.4f)  %6s %-6s", ratio, low, high, target[work, door], met
			print kernel, work, "instructions", door, plain, ratio, low, high, target[work, door], met >tsv
		}
		printf "\n"
	}
	printf "%-21s %8s %7s %7s", "memory, octets/socket", "-", "", ""
	for (d = 1; d <= 2; d++) {
		door = d == 1 ? "adopt" : "family"
		met = verdict(memory[door], target["memory", door])
		printf "  %-24d %6s %-6s", memory[door], target["memory", door], met
		print kernel, "memory", "octets", door, 0, memory[door], "", "", target["memory", door], met >tsv
	}
	printf "\n"

	printf "\n%s: ours / plain, by time\n", kernel
	printf "%-21s %8s %7s %7s  %-24s %-24s\n", "work", "plain ns", "spread", "control", "adopt", "family"
	for (w = 1; w <= works; w++) {
		work = order[w]
		if (work == "memory")
			continue
		plain = median["time", 1, work, "plain"]
		summarise("time", work, "control")
		printf "%-21s %8d %6.2f%% %7.4f", work, plain, spread_of("time", work), ratio
		print kernel, work, "time", "control", plain, ratio, low, high, "", "" >tsv
		for (d = 1; d <= 2; d++) {
			door = d == 1 ? "adopt" : "family"
			summarise("time", work, door)
			printf "  %-6.4f (%.4f-%.4f) ", ratio, low, high
			print kernel, work, "time", door, plain, ratio, low, high, "", "" >tsv
		}
		printf "\n"
	}
}
