// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The output may be null although the type says otherwise.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class MaybeNullAttribute : Attribute;
