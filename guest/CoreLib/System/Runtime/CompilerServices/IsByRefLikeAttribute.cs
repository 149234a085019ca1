// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>ref struct</c> becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class IsByRefLikeAttribute : Attribute;
