"""The benchmarks themselves: what they measure is what is graded."""
