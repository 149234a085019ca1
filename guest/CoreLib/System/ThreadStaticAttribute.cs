// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Refused by the IL checker: all of a VM's threads share one set of statics.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ThreadStaticAttribute : Attribute;
