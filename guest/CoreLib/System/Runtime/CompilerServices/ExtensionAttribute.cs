// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>this</c> on a first parameter becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ExtensionAttribute : Attribute;
