// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The members of the enum are bits.</summary>
[AttributeUsage(AttributeTargets.Enum)]
public sealed class FlagsAttribute : Attribute;
