// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A method of 0 arguments without a result.</summary>
public delegate void Action();
