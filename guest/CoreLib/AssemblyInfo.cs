// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("Ilwaco")]
