package hyperloglog

import "math"

// alphaInf is 1/(2 ln 2), the bias of an estimate with infinitely many registers.
const alphaInf = 0.721347520444481703680

// estimate is the number of different elements after which these registers are to be expected: the improved raw estimator of
// Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284, which needs no table of
// corrections.
//
// The conversions keep the compiler from fusing a product and a sum, which rounds once and not twice, so that every machine
// gives the same number.
func (r *registers) estimate() int64 {
	var histogram [registerMask + 1]int // values over maxValue are no hash's, but they can be written
	for _, value := range r {
		histogram[value]++
	}

	const count = float64(registerCount)
	z := count * tau((count-float64(histogram[maxValue]))/count)
	for value := maxValue - 1; value >= 1; value-- {
		z = (z + float64(histogram[value])) * 0.5
	}
	z += float64(count * sigma(float64(histogram[0])/count))
	return round(alphaInf * count * count / z)
}

// round gives what is too large for an int64, infinity too, as the smallest one, which is what the processor replies to Redis.
func round(estimate float64) int64 {
	if estimate >= math.MaxInt64 {
		return math.MinInt64
	}
	return int64(math.Round(estimate))
}

// sigma corrects for the share of registers that are zero: x + sum of x^(2^k) * 2^(k-1) for k from 1.
func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	weight, sum := 1.0, x
	for {
		x *= x
		before := sum
		sum += float64(x * weight)
		weight += weight
		if sum == before {
			return sum
		}
	}
}

// tau corrects for the share 1-x of registers that are full: a third of 1 - x - sum of (1-x^(2^-k))^2 * 2^-k for k from 1.
func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	weight, sum := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := sum
		weight *= 0.5
		sum -= float64(float64((1-x)*(1-x)) * weight)
		if sum == before {
			return sum / 3
		}
	}
}
