// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>A register rule.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Value">Bytes from the frame address, or a register number.</param>
internal readonly record struct FrameRule(FrameRuleKind Kind, long Value);
