// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The reference may leave the method.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class UnscopedRefAttribute : Attribute;
