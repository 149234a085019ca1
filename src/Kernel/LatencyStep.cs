// SPDX-License-Identifier: MIT
namespace Denali.Kernel;

/// <summary>A step of a distribution of times.</summary>
/// <param name="Ns">It took at most so many nanoseconds, and longer than the step before.</param>
/// <param name="Count">How often.</param>
public readonly record struct LatencyStep(ulong Ns, ulong Count);
