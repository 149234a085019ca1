// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>A null argument is not allowed although the type says otherwise.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class DisallowNullAttribute : Attribute;
