// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What <c>params</c> on an array becomes.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ParamArrayAttribute : Attribute;
