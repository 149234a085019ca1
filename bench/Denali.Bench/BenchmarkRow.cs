// SPDX-License-Identifier: MIT
namespace Denali.Bench;

/// <summary>One figure of a benchmark. A field that does not apply is null.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure, a median.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Peer">What it is compared with, measured in the same run.</param>
/// <param name="PeerValue">The peer's figure, in the same unit.</param>
/// <param name="Ratio">Median of the ratios to the peer, pair by pair.</param>
/// <param name="Aim">What is aimed at, in words.</param>
/// <param name="Met">Whether the aim was met.</param>
public sealed record BenchmarkRow(
    string Name, double? Value, string Unit, string? Peer, double? PeerValue, double? Ratio, string? Aim, bool? Met);
