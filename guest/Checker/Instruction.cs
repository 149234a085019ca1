// SPDX-License-Identifier: MIT
using System.Reflection.Emit;

namespace Denali.GuestChecker;

/// <summary>One IL instruction.</summary>
/// <param name="Offset">Where it starts.</param>
/// <param name="Code">What it does.</param>
/// <param name="Token">Its metadata token, 0 if it has none.</param>
public readonly record struct Instruction(int Offset, OpCode Code, int Token);
