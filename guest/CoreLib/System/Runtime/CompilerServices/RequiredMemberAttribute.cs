// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <c>required</c> becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class RequiredMemberAttribute : Attribute;
