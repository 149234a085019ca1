// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Locals of the target are not zeroed.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class SkipLocalsInitAttribute : Attribute;
