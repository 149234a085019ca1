// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>ref readonly</c> on a parameter becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class RequiresLocationAttribute : Attribute;
