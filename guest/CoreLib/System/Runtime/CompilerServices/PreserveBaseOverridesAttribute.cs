// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What a covariant return becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class PreserveBaseOverridesAttribute : Attribute;
