// SPDX-License-Identifier: MIT
using System;

namespace Denali.Kernel;

/// <summary>A VM of an earlier kernel that the swap file holds whole.</summary>
/// <param name="Id">Its number, which it keeps.</param>
/// <param name="TemplateKey">Identity of what it was made of, see <see cref="LoadedImage.Key"/>.</param>
/// <param name="ChargedBytes">Memory that it is charged for, in bytes.</param>
/// <param name="KeptBytes">Bytes that the file keeps of it; 0 if it never ran.</param>
public readonly record struct SavedMachine(ulong Id, UInt128 TemplateKey, ulong ChargedBytes, ulong KeptBytes);
