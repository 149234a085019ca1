// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A method of 1 arguments without a result.</summary>
/// <typeparam name="T">Type of an argument.</typeparam>
/// <param name="arg">An argument.</param>
public delegate void Action<in T>(T arg);
