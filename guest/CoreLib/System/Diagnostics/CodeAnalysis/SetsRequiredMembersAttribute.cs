// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The constructor sets all required members.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class SetsRequiredMembersAttribute : Attribute;
