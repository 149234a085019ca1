// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The layout of the type never changes, so code from other modules may inline its members.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class NonVersionableAttribute : Attribute;
