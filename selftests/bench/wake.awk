# wake.awk ROWS: the table of one kernel, and the same appended to tsv. What one of the most costs
# may be 1.02 of what one of the fewest does.

BEGIN {
	FS = OFS = "\t"
	printf "\n%s: waking for one connection of many, instructions per turn\n", kernel
	printf "%-10s %14s %14s %14s\n", "of", "epoll(7)", "events", "messages"
}

$1 != "wake" { next }
!($3 in first) { first[$3] = $5 }
$3 == "epoll(7)" { printf "%-10d", $2 }

{
	printf " %6d (%.3f)", $5, $5 / first[$3]
	if ($3 == "messages")
		print ""
	target = $3 == "epoll(7)" ? "" : 1.02
	met = target == "" ? "" : $5 / first[$3] <= target ? "met" : "missed"
	print kernel, "wake_" $2, "instructions", $3, first[$3], $5 / first[$3], "", "", target, met >>tsv
	if (met == "missed")
		missed = missed " " $3 ":" $2
}

END { print missed == "" ? "growth at most 1.02: met" : "growth above 1.02, missed:" missed }
