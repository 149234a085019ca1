// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Swap;

/// <summary>Blocks of the swap file that lie in a row.</summary>
/// <param name="First">Number of the first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct SwapRun(uint First, uint Count);
