// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>params</c> on a span becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ParamCollectionAttribute : Attribute;
