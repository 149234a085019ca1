// SPDX-License-Identifier: MIT
namespace Denali.Kernel;

/// <summary>A VM that could not be saved.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Reason">Why, in a few words.</param>
public readonly record struct UnsavedMachine(ulong Id, string Reason);
