// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The type of <see langword="void"/>.</summary>
public struct Void;
