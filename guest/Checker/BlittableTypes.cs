// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Denali.GuestChecker;

/// <summary>Says of every type in a signature whether native code can take it as it is.</summary>
internal sealed class BlittableTypes : ISignatureTypeProvider<bool, object?>
{
    private readonly MetadataReader _reader;

    public BlittableTypes(MetadataReader reader) => _reader = reader;

    public bool GetPrimitiveType(PrimitiveTypeCode typeCode) =>
        typeCode is not (PrimitiveTypeCode.String or PrimitiveTypeCode.Object or PrimitiveTypeCode.TypedReference);

    public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        rawTypeKind == (byte)SignatureTypeKind.ValueType;

    public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        rawTypeKind == (byte)SignatureTypeKind.ValueType
        && MetadataNames.OfType(_reader, handle) is not ("System.Span`1" or "System.ReadOnlySpan`1");

    public bool GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => false;

    public bool GetPointerType(bool elementType) => true;

    public bool GetByReferenceType(bool elementType) => elementType;

    public bool GetFunctionPointerType(MethodSignature<bool> signature) => true;

    public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => unmodifiedType;

    public bool GetPinnedType(bool elementType) => elementType;

    public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => false;

    public bool GetGenericMethodParameter(object? genericContext, int index) => false;

    public bool GetGenericTypeParameter(object? genericContext, int index) => false;

    public bool GetSZArrayType(bool elementType) => false;

    public bool GetArrayType(bool elementType, ArrayShape shape) => false;
}
