// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>Coverage tools leave the target out.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ExcludeFromCodeCoverageAttribute : Attribute;
