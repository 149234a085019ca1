// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>scoped</c> becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ScopedRefAttribute : Attribute;
