// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What <c>ldtoken</c> of a field gives; the compiler turns it into the field's bytes.</summary>
public readonly struct RuntimeFieldHandle;
