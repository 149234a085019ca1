// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>readonly</c> on a type or reference becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class IsReadOnlyAttribute : Attribute;
