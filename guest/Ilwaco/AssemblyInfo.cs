// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]
