// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What ILC takes for the class of a one-dimensional array. It implements no interface.</summary>
/// <typeparam name="T">Type of the elements.</typeparam>
public class Array<T> : Array;
