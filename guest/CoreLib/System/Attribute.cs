// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The base of all attributes. They guide compilers; no guest reads them.</summary>
public abstract class Attribute;
