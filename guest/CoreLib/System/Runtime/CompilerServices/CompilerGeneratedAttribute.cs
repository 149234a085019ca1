// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The compiler made the target.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class CompilerGeneratedAttribute : Attribute;
