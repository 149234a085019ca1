// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The output is not null although the type says otherwise.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class NotNullAttribute : Attribute;
