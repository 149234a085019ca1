// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The compiler may replace the body by its own.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class IntrinsicAttribute : Attribute;
